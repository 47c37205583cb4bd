# Installed beside enthesis-targets.cmake; see stats/CMakeLists.txt.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(absl CONFIG)
include(${CMAKE_CURRENT_LIST_DIR}/enthesis-targets.cmake)
