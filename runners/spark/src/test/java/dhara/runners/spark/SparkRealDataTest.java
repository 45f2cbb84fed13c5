package dhara.runners.spark;

import dhara.parity.RealData;

class SparkRealDataTest extends RealData {}
