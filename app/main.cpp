#include "app/configuration/command_line.hpp"

int main(int argc, char** argv) { return pusherd::app::run(argc, argv); }
