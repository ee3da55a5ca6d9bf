namespace Berth.Node.Runtime;

public enum ContainerEventKind
{
    /// <summary>The stream began (again): what happened before is unknown, look at everything. Carries no container.</summary>
    Resync,

    Started,

    /// <summary>The first process ended. CRI may show the container running for some milliseconds more.</summary>
    Exited,

    /// <summary>What is left of the process was cleaned up; CRI shows the end at once after this.</summary>
    Deleted,

    /// <summary>The kernel killed a process of the container for lack of memory.</summary>
    OutOfMemory,
}

/// <summary>Something happened to a container, or to a sandbox: its pause container has the sandbox's id.</summary>
public readonly record struct ContainerEvent(ContainerEventKind Kind, string ContainerId);
