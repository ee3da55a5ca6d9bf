using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Client.Metadata;

/// <summary>An object of any kind, of which only the metadata is known.</summary>
public sealed record ObjectMetadata(KindInfo Kind, ObjectMeta Metadata);
