package dhara.runners.flink;

import dhara.parity.GraphParity;

class FlinkGraphTest extends GraphParity {}
