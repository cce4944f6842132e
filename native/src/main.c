/* Finds the command, runs it, and is the one place that prints what went wrong. */
#include <stdio.h>
#include <string.h>

#include "commands.h"

static const char usage[] =
    "usage: storyteller MODEL [options]      tell a story\n"
    "\n"
    "MODEL is a .story pack or a llama2.c checkpoint (versions 0, 1 and 2).\n"
    "  -i TEXT         how the story begins\n"
    "  -t NUMBER       temperature, default 1.0; 0 always takes the likeliest token\n"
    "  -p NUMBER       top-p in 0 to 1, default 0.9; 1 turns it off\n"
    "  -s NUMBER       seed of the random numbers, default the time\n"
    "  -n NUMBER       tokens, default 256; 0: as many as the model's context holds\n"
    "  -z FILE         tokenizer, default the one in the pack, else ./tokenizer.bin\n"
    "  -j NUMBER       threads, default 1\n"
    "  --kernel NAME   arithmetic for one kind of CPU, default the best that runs here\n"
    "  --stream        keep little of the model in memory\n"
    "  --help          this text\n";

static int fail(const Fault *fault)
{
    fprintf(stderr, "storyteller: %s\n", fault->text);
    return fault->code;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return FAULT_NONE;
    }
    Fault fault = {0};
    bool done = command_tell(argc - 1, argv + 1, &fault);
    return done ? FAULT_NONE : fail(&fault);
}
