using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>The fields that one manager has set, by one kind of operation, on the object or one of its subresources.</summary>
public sealed partial record ManagedFieldsEntry
{
    /// <summary>Name of the manager: what the client gave as fieldManager, otherwise the first part of its user agent.</summary>
    [Field(1)]
    public string Manager { get; init; } = "";

    /// <summary>Apply for server-side apply, Update for all else. Both may occur for one manager.</summary>
    [Field(2)]
    public string Operation { get; init; } = "";

    /// <summary>Version of the API in which fieldsV1 names its fields.</summary>
    [Field(3)]
    public string ApiVersion { get; init; } = "";

    /// <summary>When the manager last added or changed a field here; taking fields away from it does not count.</summary>
    [Field(4)]
    public Time? Time { get; init; }

    /// <summary>Form of the set of fields; FieldsV1 is the only one.</summary>
    [Field(6)]
    public string FieldsType { get; init; } = "";

    /// <summary>The fields, in the form FieldsV1.</summary>
    [Field(7)]
    public RawJson? FieldsV1 { get; init; }

    /// <summary>Subresource through which the fields were set, such as status or scale; empty for the object itself.</summary>
    [Field(8)]
    public string Subresource { get; init; } = "";
}
