# Holds what other tests have been answered against docs/openapi.yaml. They write it down where PUSHERD_EXCHANGES says.
if(NOT PUSHERD_OPENAPI)
    message(STATUS "Not tested: whether answers are as docs/openapi.yaml says (PUSHERD_OPENAPI is off)")
    return()
endif()

set(check "${PUSHERD_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/check.py")
add_test(NAME description COMMAND ${check} document "${PROJECT_SOURCE_DIR}" "${PROJECT_VERSION}")
add_test(NAME description_catches_faults
    COMMAND "${PUSHERD_PYTHON}" -B -W ignore "${CMAKE_CURRENT_LIST_DIR}/check_test.py" "${PROJECT_SOURCE_DIR}")

# First what earlier runs have left goes, then the tests run, then their exchanges are judged.
set(exchanges "${CMAKE_CURRENT_BINARY_DIR}/exchanges")
add_test(NAME description_begins
    COMMAND "${CMAKE_COMMAND}" -P "${CMAKE_CURRENT_LIST_DIR}/empty_folder.cmake" "${exchanges}")
set_tests_properties(description_begins PROPERTIES FIXTURES_SETUP no_exchanges)
foreach(folder net app model system auth pokes faults)
    if(TEST ${folder})
        set_tests_properties(${folder} PROPERTIES ENVIRONMENT "PUSHERD_EXCHANGES=${exchanges}"
            FIXTURES_REQUIRED no_exchanges FIXTURES_SETUP exchanges)
    endif()
endforeach()
set(left_out "")
if(NOT PUSHERD_METRICS)
    set(left_out --without /metrics)
endif()
if(NOT PUSHERD_AUTH)
    foreach(call delete_device sync_devices delete_user)
        list(APPEND left_out --without /_synapse/mas/${call})
    endforeach()
endif()
add_test(NAME description_of_answers COMMAND ${check} exchanges "${PROJECT_SOURCE_DIR}" "${exchanges}" ${left_out})
set_tests_properties(description_of_answers PROPERTIES FIXTURES_REQUIRED exchanges)
set_tests_properties(description description_catches_faults description_begins description_of_answers
    PROPERTIES TIMEOUT 600 LABELS description)
