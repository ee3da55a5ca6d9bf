using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>The answer to a request that has no object to show, most often a refusal.</summary>
[Kind("", "v1", "Status")]
public sealed partial record Status
{
    /// <summary>Empty here, but for parts of answers that can be continued.</summary>
    [Field(1)]
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    /// <summary>Success or Failure.</summary>
    [Field(2, Json = "status")]
    public string StatusValue { get; init; } = "";

    /// <summary>What happened, in words for people.</summary>
    [Field(3)]
    public string Message { get; init; } = "";

    /// <summary>
    /// What kind of failure it is, in CamelCase, such as NotFound, AlreadyExists, Conflict, Invalid, Forbidden; finer than the code.
    /// </summary>
    [Field(4)]
    public string Reason { get; init; } = "";

    /// <summary>What the reason is about.</summary>
    [Field(5)]
    public StatusDetails? Details { get; init; }

    /// <summary>The HTTP status code of the answer.</summary>
    [Field(6)]
    public int Code { get; init; }
}
