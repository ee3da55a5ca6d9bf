using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record Probe
{
    [Field(1, In = [1])]
    public ExecAction? Exec { get; init; }

    [Field(2, In = [1])]
    public HTTPGetAction? HttpGet { get; init; }

    [Field(3, In = [1])]
    public TCPSocketAction? TcpSocket { get; init; }

    [Field(4, In = [1])]
    public GRPCAction? Grpc { get; init; }

    [Field(2)]
    public int InitialDelaySeconds { get; init; }

    [Field(3)]
    public int TimeoutSeconds { get; init; }

    [Field(4)]
    public int PeriodSeconds { get; init; }

    [Field(5)]
    public int SuccessThreshold { get; init; }

    [Field(6)]
    public int FailureThreshold { get; init; }

    [Field(7)]
    public long? TerminationGracePeriodSeconds { get; init; }
}
