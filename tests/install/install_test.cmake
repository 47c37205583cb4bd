# Installs the engine from BUILD into an empty folder, builds CONSUMER against
# it with find_package, and runs it.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code
    OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGV} ended with ${code}:\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE ${FOLDER}/prefix ${FOLDER}/program)
run(${CMAKE_COMMAND} --install ${BUILD} --component stats
  --prefix ${FOLDER}/prefix)
set(flags "")
if(SANITIZE)
  set(flags -DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE})
endif()
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${FOLDER}/program
  -DCMAKE_PREFIX_PATH=${FOLDER}/prefix ${flags})
run(${CMAKE_COMMAND} --build ${FOLDER}/program)
run(${FOLDER}/program/consumer)
