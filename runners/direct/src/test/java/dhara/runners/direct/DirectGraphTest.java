package dhara.runners.direct;

import dhara.testkit.GraphParity;

class DirectGraphTest extends GraphParity {}
