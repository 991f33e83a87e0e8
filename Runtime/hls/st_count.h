/* What a kernel does in each turn of its loops, for tests that count it: -DST_COUNT. */
#ifndef ST_COUNT_H
#define ST_COUNT_H

#ifdef ST_COUNT
namespace st {
enum { load_loop, weights_loop, compute_loop, store_loop, loop_count };
/* Turns of each kind of loop, and of all of them. */
extern long loops[loop_count];
extern long turns;
/* Accesses of one port beyond the first of a turn. */
extern long conflicts;
struct port_count {
    long turn;
    port_count() : turn(-1) {}
    void access()
    {
        conflicts += turn == turns;
        turn = turns;
    }
};
}
#define ST_TURN(loop) (++st::turns, ++st::loops[loop])
#define ST_PORTS(name, count) st::port_count name[count];
#define ST_ACCESS(name, index) name[index].access()
#else
#define ST_TURN(loop)
#define ST_PORTS(name, count)
#define ST_ACCESS(name, index)
#endif

#endif
