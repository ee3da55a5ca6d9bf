using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A question asked of a container again and again. Exactly one of exec, httpGet, tcpSocket and grpc.</summary>
public sealed partial record Probe
{
    /// <summary>Runs a command in the container.</summary>
    [Field(1, In = [1])]
    public ExecAction? Exec { get; init; }

    /// <summary>Sends a GET request.</summary>
    [Field(2, In = [1])]
    public HTTPGetAction? HttpGet { get; init; }

    /// <summary>Opens a connection.</summary>
    [Field(3, In = [1])]
    public TCPSocketAction? TcpSocket { get; init; }

    /// <summary>Calls the gRPC health service.</summary>
    [Field(4, In = [1])]
    public GRPCAction? Grpc { get; init; }

    /// <summary>Seconds from the start of the container to the first question. Default: 0.</summary>
    [Field(2)]
    public int InitialDelaySeconds { get; init; }

    /// <summary>Seconds to wait for an answer, 1 or more. Default: 1.</summary>
    [Field(3)]
    public int TimeoutSeconds { get; init; }

    /// <summary>Seconds from one question to the next, 1 or more. Default: 10.</summary>
    [Field(4)]
    public int PeriodSeconds { get; init; }

    /// <summary>Successes in a row after a failure that make it good again; 1 for liveness and startup. Default: 1.</summary>
    [Field(5)]
    public int SuccessThreshold { get; init; }

    /// <summary>Failures in a row that make it bad. Default: 3.</summary>
    [Field(6)]
    public int FailureThreshold { get; init; }

    /// <summary>Seconds to end in good order when this probe ends the container, instead of the pod's. For liveness and startup, 1 or more.</summary>
    [Field(7)]
    public long? TerminationGracePeriodSeconds { get; init; }
}
