package dhara.runners.spark;

import dhara.testkit.BackfillParity;

class SparkParityTest extends BackfillParity {}
