using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record ManagedFieldsEntry
{
    [Field(1)]
    public string Manager { get; init; } = "";

    [Field(2)]
    public string Operation { get; init; } = "";

    [Field(3)]
    public string ApiVersion { get; init; } = "";

    [Field(4)]
    public Time? Time { get; init; }

    [Field(6)]
    public string FieldsType { get; init; } = "";

    [Field(7)]
    public RawJson? FieldsV1 { get; init; }

    [Field(8)]
    public string Subresource { get; init; } = "";
}
