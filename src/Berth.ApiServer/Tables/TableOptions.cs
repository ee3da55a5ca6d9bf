using Berth.ApiServer.Http;

namespace Berth.ApiServer.Tables;

public enum IncludedObject
{
    /// <summary>Its PartialObjectMetadata.</summary>
    Metadata,
    None,

    /// <summary>All of it.</summary>
    Object,
}

/// <summary>How a client wants its table.</summary>
/// <param name="Now">Ages are counted to this moment.</param>
public sealed record TableOptions(IncludedObject Include, bool NoHeaders, DateTimeOffset Now)
{
    public static TableOptions Default { get; } = new(IncludedObject.Metadata, false, default);

    public static TableOptions Of(ApiRequest request) => Default with
    {
        Include = request.Query["includeObject"].ToString() switch
        {
            "" or "Metadata" => IncludedObject.Metadata,
            "None" => IncludedObject.None,
            "Object" => IncludedObject.Object,
            var other => throw ApiStatusException.BadRequest($"includeObject: Unsupported value: \"{other}\": supported values: \"Metadata\", \"None\", \"Object\""),
        },
        Now = request.Now,
    };
}
