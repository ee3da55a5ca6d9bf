using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>Who wants to do what. Exactly one of the two attributes.</summary>
public sealed partial record SubjectAccessReviewSpec
{
    /// <summary>A request for a resource.</summary>
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>A request for another path.</summary>
    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }

    /// <summary>Name of the user.</summary>
    [Field(3)]
    public string User { get; init; } = "";

    /// <summary>Groups of the user.</summary>
    [Field(4)]
    public ApiList<string> Groups { get; init; } = [];

    /// <summary>Further facts about the user.</summary>
    [Field(5)]
    public ApiMap<ApiList<string>> Extra { get; init; } = [];

    /// <summary>Id of the user.</summary>
    [Field(6)]
    public string Uid { get; init; } = "";
}
