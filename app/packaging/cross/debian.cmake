# Debian's cross compiler for one architecture, and its libraries as `./dev build` unpacks them (sysroot.sh). The files
# beside this one name the architecture. Who has a toolchain of another kind needs none of them.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${triplet})

set(PUSHERD_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/../../../build/sysroot/${architecture}" CACHE PATH
    "The root folder of the other architecture's packages")
# Seen by the checks of CMake's own, too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PUSHERD_SYSROOT)
get_filename_component(CMAKE_SYSROOT "${PUSHERD_SYSROOT}" ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
    set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()

# How its programs run here: the tests do.
set(CMAKE_CROSSCOMPILING_EMULATOR ${emulator} -L "${CMAKE_SYSROOT}")
