from mime_training.cli import main

raise SystemExit(main())
