using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Apply;

/// <summary>What a server-side apply makes of the live object. With conflicts nothing may be stored.</summary>
/// <param name="Merged">The whole object, not yet defaulted, without <c>metadata.managedFields</c>.</param>
/// <param name="Managed">The new <c>metadata.managedFields</c>.</param>
/// <param name="Conflicts">Sorted by manager; empty when the apply succeeds.</param>
public sealed record ApplyResult(JsonNode Merged, ApiList<ManagedFieldsEntry> Managed, IReadOnlyList<FieldConflict> Conflicts);
