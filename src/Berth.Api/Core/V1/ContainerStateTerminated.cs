using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A container that has ended.</summary>
public sealed partial record ContainerStateTerminated
{
    /// <summary>Exit code of its program; 128 and the signal's number when a signal ended it.</summary>
    [Field(1, Always = true, Required = true)]
    public int ExitCode { get; init; }

    /// <summary>Number of the signal that ended it, where the runtime tells.</summary>
    [Field(2)]
    public int Signal { get; init; }

    /// <summary>Completed, Error, OOMKilled or another word for why it ended.</summary>
    [Field(3)]
    public string Reason { get; init; } = "";

    /// <summary>What the container left as its termination message.</summary>
    [Field(4)]
    public string Message { get; init; } = "";

    /// <summary>When it had started.</summary>
    [Field(5, Always = true)]
    public Time? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Field(6, Always = true)]
    public Time? FinishedAt { get; init; }

    /// <summary>Id of the container, as runtime://id.</summary>
    [Field(7)]
    public string ContainerID { get; init; } = "";
}
