package dhara.runners.flink;

import dhara.testkit.GraphParity;

class FlinkGraphTest extends GraphParity {}
