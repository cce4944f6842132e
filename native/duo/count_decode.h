/* What one RISC-V instruction is, as far as counting needs to know. */
#ifndef STORYTELLER_COUNT_DECODE_H
#define STORYTELLER_COUNT_DECODE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Class {
    INTEGER, LOAD, STORE, BRANCH, MULTIPLY, DIVIDE, FLOAT, OTHER,            /* scalar */
    VSET, VLOAD, VSTORE, VINTEGER, VWIDEN, VFLOAT, VDIVIDE, VREDUCE, VMOVE,  /* vector */
    LOAD_BYTES, STORE_BYTES, VLOAD_BYTES, VSTORE_BYTES,
    BEATS, VLOAD_BEATS, VSTORE_BEATS, DIVIDE_ELEMENTS, ORDERED_ELEMENTS,
    CLASSES
} Class;

/* One instruction as its fields tell it. */
typedef struct Instruction {
    Class class;
    int bytes;      /* of memory per access; 0 for a vector access as wide as the element */
    int factor;     /* beats per register of the group */
    int vtype;      /* of a vsetvli */
    bool ordered;   /* a sum in element order */
} Instruction;

/* Decodes a compressed (16 bits) or a full instruction of rv64gc with RVV 0.7.1. */
Instruction decode(uint32_t bits, bool is_compressed);

#endif
