using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>Whether something is allowed.</summary>
public sealed partial record SubjectAccessReviewStatus
{
    /// <summary>True when it is.</summary>
    [Field(1, Always = true, Required = true)]
    public bool Allowed { get; init; }

    /// <summary>Why, in words for people.</summary>
    [Field(2)]
    public string Reason { get; init; } = "";

    /// <summary>What went wrong on the way; the answer may still hold.</summary>
    [Field(3)]
    public string EvaluationError { get; init; } = "";

    /// <summary>True when it is refused for good; false with allowed false: nobody allows it.</summary>
    [Field(4)]
    public bool Denied { get; init; }
}
