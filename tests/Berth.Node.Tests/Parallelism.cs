// All classes share one containerd, and some of them end every pod that it runs.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
