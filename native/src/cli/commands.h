/* One function per command; argv starts after the command's name. */
#ifndef STORYTELLER_CLI_COMMANDS_H
#define STORYTELLER_CLI_COMMANDS_H

#include "model/fault.h"

typedef bool Command(int argc, char **argv, Fault *fault);

Command command_bench;
Command command_drafts;
Command command_tell;
Command command_pack;
Command command_eval;
Command command_info;

#endif
