#include "bench/load/command_line.hpp"

int main(int argc, char** argv) { return pusherd::bench::run(argc, argv); }
