using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a hook does. Exactly one.</summary>
public sealed partial record LifecycleHandler
{
    /// <summary>Runs a command in the container.</summary>
    [Field(1)]
    public ExecAction? Exec { get; init; }

    /// <summary>Sends a GET request to the container.</summary>
    [Field(2)]
    public HTTPGetAction? HttpGet { get; init; }

    /// <summary>Kept for old objects: a hook of this form fails.</summary>
    [Field(3)]
    public TCPSocketAction? TcpSocket { get; init; }

    /// <summary>Waits.</summary>
    [Field(4)]
    public SleepAction? Sleep { get; init; }
}
