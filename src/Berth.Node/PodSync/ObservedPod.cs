using Berth.Api;

namespace Berth.Node.PodSync;

public enum ObservedState
{
    Created,
    Running,
    Exited,
    Unknown,
}

/// <summary>A container as the runtime has it. Times are default where the moment has not come.</summary>
/// <param name="Attempt">0 for the first start of this name in this pod.</param>
public sealed record ObservedContainer(string Id, string SandboxId, string Name, int Attempt, ObservedState State)
{
    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset FinishedAt { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Why it ended; empty while it runs.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Termination message, or the runtime's words.</summary>
    public string Message { get; init; } = "";

    public string Image { get; init; } = "";

    public string ImageId { get; init; } = "";

    public string Hash { get; init; } = "";

    public string LogPath { get; init; } = "";

    public (long Uid, long Gid, ApiList<long> Groups)? User { get; init; }

    /// <summary>As in the API's status.</summary>
    public string QualifiedId => "containerd://" + Id;

    public bool Succeeded => State == ObservedState.Exited && ExitCode == 0;
}

/// <param name="Ips">Empty for a pod in the host's network.</param>
public sealed record ObservedSandbox(string Id, int Attempt, bool Ready, DateTimeOffset CreatedAt, ApiList<string> Ips, bool HostNetwork);

/// <summary>All of a pod that the runtime has, newest first.</summary>
public sealed record ObservedPod(ApiList<ObservedSandbox> Sandboxes, ApiList<ObservedContainer> Containers)
{
    public static ObservedPod Nothing { get; } = new([], []);

    public ObservedSandbox? ReadySandbox => Sandboxes.FirstOrDefault(s => s.Ready);

    /// <summary>Newest container of a name, in whichever sandbox.</summary>
    public ObservedContainer? Latest(string name) => Containers.FirstOrDefault(c => c.Name == name);

    public ObservedContainer? LatestIn(string sandboxId, string name) => Containers.FirstOrDefault(c => c.Name == name && c.SandboxId == sandboxId);

    /// <summary>The one before the newest.</summary>
    public ObservedContainer? Previous(string name) => Containers.Where(c => c.Name == name).Skip(1).FirstOrDefault();

    public IEnumerable<ObservedContainer> Running => Containers.Where(c => c.State == ObservedState.Running);
}
