package dhara.runners.spark;

import dhara.parity.GraphParity;

class SparkGraphTest extends GraphParity {}
