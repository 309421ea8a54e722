// Makes the staff pages nicer; everything works without it.
"use strict";
