using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

[Kind("", "v1", "Status")]
public sealed partial record Status
{
    [Field(1)]
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    [Field(2, Json = "status")]
    public string StatusValue { get; init; } = "";

    [Field(3)]
    public string Message { get; init; } = "";

    [Field(4)]
    public string Reason { get; init; } = "";

    [Field(5)]
    public StatusDetails? Details { get; init; }

    [Field(6)]
    public int Code { get; init; }
}
