package dhara.runners.spark;

import dhara.testkit.GraphParity;

class SparkGraphTest extends GraphParity {}
