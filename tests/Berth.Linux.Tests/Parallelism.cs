// Mount and cgroup tests change the whole machine, and a process that another test is starting holds its mounts busy.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
