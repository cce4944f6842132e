/* Finds the command, runs it, and is the one place that prints what went wrong. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

static const char usage[] =
    "usage: storyteller MODEL [options]                  tell a story\n"
    "       storyteller pack MODEL [TOKENIZER] -o FILE   make a .story\n"
    "       storyteller eval MODEL TEXT                  score how well a model predicts a text\n"
    "       storyteller bench MODEL                      measure speed, time by part, memory\n"
    "       storyteller drafts MODEL                     tell with plans and drafts, line by line\n"
    "       storyteller info MODEL                       print what a model file holds\n"
    "\n"
    "Telling a story\n"
    "MODEL is a .story pack or a llama2.c checkpoint (versions 0, 1 and 2).\n"
    "  -i TEXT         how the story begins\n"
    "  -t NUMBER       temperature, default 1.0; 0 always takes the likeliest token\n"
    "  -p NUMBER       top-p in 0 to 1, default 0.9; 1 turns it off\n"
    "  -s NUMBER       seed of the random numbers, default the time\n"
    "  -n NUMBER       tokens, default 256; 0: as many as the model's context holds\n"
    "  -z FILE         tokenizer, default the one in the pack, else ./tokenizer.bin\n"
    "  -j NUMBER       threads, default 1\n"
    "  --kernel NAME   arithmetic for one kind of CPU, default the best that runs here\n"
    "  --full          score every row of the classifier; the text stays the same\n"
    "  --run-c         text exactly as run.c's: only BOS ends a story, single bytes outside\n"
    "                  ASCII are left out, a prompt that is too long is cut\n"
    "  --stream        keep little of the model in memory\n"
    "  --stats         a line of JSON at the end: tokens, ended by model or limit\n"
    "\n"
    "Packing\n"
    "  -q CODING       int8 (default), int4 or fp32\n"
    "  -g NUMBER       weights that share a scale, a multiple of 32; default by shape\n"
    "  --keep-int8 L   matrices that stay int8 in an int4 pack, like wo,w2;\n"
    "                  default by shape, \"\" for none\n"
    "  --keywords      the model was trained with keywords before sentences\n"
    "\n"
    "Drafts (-t -p -z -j --kernel --stream as above; docs/drafts.md has the protocol)\n"
    "\n"
    "Scoring (-z -j -n --kernel as above; n defaults to the context)\n"
    "  --compare REF   another model of the same vocabulary to compare with\n"
    "\n"
    "Measuring (all options of telling; the seed counts up from run to run)\n"
    "  -r NUMBER       runs, default 5\n"
    "  --drafts N      measure N drafts of a sentence instead of stories\n"
    "\n"
    "  info --verify   compares every checksum of a .story\n"
    "  --help          this text\n";

static const struct {
    const char *name;
    Command *run;
} commands[] = {
    { "pack", command_pack },
    { "bench", command_bench },
    { "drafts", command_drafts },
    { "eval", command_eval },
    { "info", command_info },
};

static int fail(const Fault *fault)
{
    fprintf(stderr, "storyteller: %s\n", fault->text);
    return fault->code;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc && i < 3; i++) /* alone or after a command */
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return FAULT_NONE;
        }
    Fault fault = {0};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2, &fault) ? FAULT_NONE : fail(&fault);
    return command_tell(argc - 1, argv + 1, &fault) ? FAULT_NONE : fail(&fault);
}
