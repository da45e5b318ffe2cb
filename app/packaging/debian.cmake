# The Debian package, by CPack: ./dev package. Its contents are what install.cmake installs, and what Debian wants beside.
set(debian "${CMAKE_CURRENT_LIST_DIR}/debian")
set(documents "${CMAKE_INSTALL_DATADIR}/doc/pusherd")

file(STRINGS "${debian}/changelog" newest LIMIT_COUNT 1)
if(NOT newest MATCHES "^pusherd \\(${PROJECT_VERSION}-([0-9]+)\\) ")
    message(FATAL_ERROR "app/packaging/debian/changelog does not begin with pusherd ${PROJECT_VERSION}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE "${CMAKE_MATCH_1}")
string(REGEX REPLACE "^ -- (.*)  .*" "\\1" CPACK_DEBIAN_PACKAGE_MAINTAINER "${signature}")

pusherd_compressed("${debian}/changelog" changelog.Debian)
pusherd_compressed("${PROJECT_SOURCE_DIR}/CHANGELOG.md" changelog)
install(FILES "${generated}/changelog.Debian.gz" "${generated}/changelog.gz" "${debian}/copyright"
    DESTINATION "${documents}")
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/docs/openapi.yaml"
    "${PROJECT_SOURCE_DIR}/docs/operations.md" "${PROJECT_SOURCE_DIR}/docs/security.md" DESTINATION "${documents}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/monitoring" "${PROJECT_SOURCE_DIR}/docs/reverse-proxies"
    DESTINATION "${documents}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pusherd)
set(CPACK_PACKAGE_VENDOR pusherd)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON) # the configuration file is not below the prefix
set(CPACK_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What is loaded when it is wanted (net/loaded_library.hpp), of which dpkg-shlibdeps sees nothing.
if(PUSHERD_AUTH)
    set(CPACK_DEBIAN_PACKAGE_DEPENDS "libpcre2-8-0, libyaml-0-2")
endif()
# CPack indents what follows the first line.
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "push half of a Matrix homeserver
pusherd keeps the pushers by which Matrix apps ask for notifications, behind
GET /_matrix/client/v3/pushers and POST /_matrix/client/v3/pushers/set. It is
for those who run a homeserver and route these two paths to it.
.
It validates before it changes anything, answers 200 only once a set is on
disk, and answers lists straight from LMDB. The package starts it as a service
on 127.0.0.1:8008, as a user of its own.
.
The load tool pusherd-bench is included.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${debian}/postinst" "${debian}/prerm" "${debian}/postrm" "${debian}/conffiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
