using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerStateTerminated
{
    [Field(1, Always = true, Required = true)]
    public int ExitCode { get; init; }

    [Field(2)]
    public int Signal { get; init; }

    [Field(3)]
    public string Reason { get; init; } = "";

    [Field(4)]
    public string Message { get; init; } = "";

    [Field(5, Always = true)]
    public Time? StartedAt { get; init; }

    [Field(6, Always = true)]
    public Time? FinishedAt { get; init; }

    [Field(7)]
    public string ContainerID { get; init; } = "";
}
