using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A container that does not run yet.</summary>
public sealed partial record ContainerStateWaiting
{
    /// <summary>Why not, in CamelCase: ContainerCreating, ImagePullBackOff, CrashLoopBackOff and others.</summary>
    [Field(1)]
    public string Reason { get; init; } = "";

    /// <summary>Why not, in words for people.</summary>
    [Field(2)]
    public string Message { get; init; } = "";
}
