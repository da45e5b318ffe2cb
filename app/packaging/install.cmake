# What `cmake --install` puts where, beside the binaries: units for systemd, the configuration file, manual pages and
# completion. Folders are the usual ones (GNUInstallDirs), so a prefix of /usr/local works as well as a package's /usr.
include(GNUInstallDirs)

set(packaging "${CMAKE_CURRENT_LIST_DIR}")
set(generated "${CMAKE_BINARY_DIR}/packaging")

# Manual pages carry the day of the last change of the project's, so that the same sources make the same pages.
file(STRINGS "${packaging}/debian/changelog" signature REGEX "^ -- ")
list(GET signature 0 signature)
string(REGEX REPLACE ".*>  [A-Za-z]+, ([0-9]+ [A-Za-z]+ [0-9]+) .*" "\\1" MAN_DATE "${signature}")

if(PUSHERD_DEFAULT_CONFIG)
    set(DEFAULT_CONFIG_IN_MAN "${PUSHERD_DEFAULT_CONFIG}, if it is there")
else()
    set(DEFAULT_CONFIG_IN_MAN "none")
endif()
string(REPLACE "-" "\\-" DEFAULT_CONFIG_IN_MAN "${DEFAULT_CONFIG_IN_MAN}")

# Compresses a file as Debian wants it: as small as it gets, and without the time of the day. At build time.
find_program(GZIP_PROGRAM gzip REQUIRED)
function(pusherd_compressed source name)
    add_custom_command(OUTPUT "${generated}/${name}.gz"
        COMMAND "${GZIP_PROGRAM}" -9 --no-name --stdout "${source}" > "${generated}/${name}.gz"
        DEPENDS "${source}"
        VERBATIM)
    set_property(GLOBAL APPEND PROPERTY PUSHERD_COMPRESSED "${generated}/${name}.gz")
endfunction()

foreach(page pusherd.1 pusherd.toml.5 pusherd-bench.1)
    string(REGEX REPLACE ".*\\." "" section "${page}")
    configure_file("${PROJECT_SOURCE_DIR}/docs/man/${page}" "${generated}/${page}" @ONLY)
    pusherd_compressed("${generated}/${page}" "${page}")
    install(FILES "${generated}/${page}.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()

install(TARGETS pusherd RUNTIME)
if(PUSHERD_BENCH)
    install(TARGETS pusherd-bench RUNTIME)
endif()

foreach(service pusherd.service pusherd-backup.service)
    configure_file("${PROJECT_SOURCE_DIR}/app/systemd/${service}.in" "${generated}/${service}" @ONLY)
    install(FILES "${generated}/${service}" DESTINATION lib/systemd/system)
endforeach()
set(units pusherd.socket pusherd-metrics.socket pusherd-backup.timer)
if(PUSHERD_TLS)
    list(APPEND units pusherd-tls.socket)
endif()
foreach(unit ${units})
    configure_file("${PROJECT_SOURCE_DIR}/app/systemd/${unit}" "${generated}/${unit}" COPYONLY)
    install(FILES "${generated}/${unit}" DESTINATION lib/systemd/system)
endforeach()

install(FILES "${packaging}/pusherd.toml" DESTINATION "${CMAKE_INSTALL_FULL_SYSCONFDIR}/pusherd")

# Found by the name of the command that is completed.
foreach(command pusherd pusherd-bench)
    install(FILES "${packaging}/pusherd.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
        RENAME "${command}")
endforeach()
