#pragma once

// Takes from this process all but memory and its end: it opens nothing, talks to nobody and starts nothing from here on,
// whatever code runs in it. Nonzero where the system cannot do that.
int chdf5_raise_walls(void);
