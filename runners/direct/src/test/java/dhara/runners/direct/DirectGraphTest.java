package dhara.runners.direct;

import dhara.parity.GraphParity;

class DirectGraphTest extends GraphParity {}
