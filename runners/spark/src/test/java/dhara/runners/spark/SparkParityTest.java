package dhara.runners.spark;

import dhara.parity.BackfillParity;

class SparkParityTest extends BackfillParity {}
