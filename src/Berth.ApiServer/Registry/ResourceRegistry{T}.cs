using System.Text.Json;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Http;
using Berth.ApiServer.Strategies;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Watch;
using Berth.Store;

namespace Berth.ApiServer.Registry;

/// <summary>
/// Creates, changes and deletes the objects of one kind. Every write runs through the same steps:
/// (1) system metadata, (2) defaults and the kind's preparation, (3) mutating admission, (4) validation,
/// (5) validating admission, (6) a conditional write to the store. Where somebody else was faster in (6) and the client
/// did not insist on a version, the steps run again on the newer object.
/// </summary>
public partial class ResourceRegistry<T> : ResourceRegistry
    where T : class, IApiObject<T>
{
    /// <summary>What etcd takes in one request, so what Kubernetes' users know as the largest object.</summary>
    private const int ObjectBytesMax = 3 * 512 * 1024;

    // Conflicts that follow each other mean that other writers get through; so many in a row mean something is wrong.
    private const int AttemptsMax = 100;

    public ResourceRegistry(RegistryServices services, DeletionRules<T>? deletion = null)
        : base(T.Kind, services)
    {
        Strategy = StrategyCatalog.For<T>();
        Deletion = deletion ?? DeletionRules<T>.Ordinary;
    }

    /// <summary>For kinds that are known only while the server runs.</summary>
    protected ResourceRegistry(RegistryServices services, KindInfo kind, WatchCache cache, ResourceStrategy<T> strategy)
        : base(kind, services, cache)
    {
        Strategy = strategy;
        Deletion = DeletionRules<T>.Ordinary;
    }

    public ResourceStrategy<T> Strategy { get; }

    public DeletionRules<T> Deletion { get; }

    public override bool IsSelectable(string path) =>
        path == "metadata.name" || (path == "metadata.namespace" && Kind.Namespaced) || Strategy.SelectableFields.ContainsKey(path);

    public override string? FieldOf(IApiObject value, string path) => path switch
    {
        "metadata.name" => value.Metadata.Name,
        "metadata.namespace" => value.Metadata.Namespace,
        _ => Strategy.SelectableFields.TryGetValue(path, out var read) ? read((T)value) : null,
    };

    private AdmissionAttributes Attributes(AdmissionOperation operation, ObjectKey key, string subresource, WriteContext context) => new()
    {
        Operation = operation,
        Kind = Kind,
        Subresource = subresource,
        Namespace = key.Namespace,
        Name = key.Name,
        User = context.User,
        UserName = context.User.Name,
        UserGroups = context.User.Groups,
        DryRun = context.DryRun,
        Audit = context.Audit,
    };

    private async ValueTask<StoreOutcome> CommitAsync(ObjectKey key, byte[]? json, Revision expected, CancellationToken cancellation)
    {
        var storeKey = Cache.StoreKey(key);
        if (json is null)
            return await Services.Store.CommitAsync(StoreTransaction.Delete(storeKey, expected), cancellation).ConfigureAwait(false);
        ReadOnlyMemory<byte> stored = json;
        if (Services.Transformer is { } transformer)
            stored = transformer.ToStorage(storeKey, stored);
        return await Services.Store.CommitAsync(StoreTransaction.Put(storeKey, stored, expected), cancellation).ConfigureAwait(false);
    }

    private byte[] Encode(T value)
    {
        var json = ApiJson.Serialize(value.Metadata.ResourceVersion.Length == 0 ? value : value.WithMetadata(value.Metadata with { ResourceVersion = "" }));
        return json.Length <= ObjectBytesMax ? json : throw ApiStatusException.RequestEntityTooLarge(
            $"Request entity too large: {Kind.Kind} \"{value.Metadata.Name}\" has {json.Length} bytes as JSON; the limit is {ObjectBytesMax}");
    }

    /// <summary>What is stored of an object: its JSON, or that of the version in which the kind is stored.</summary>
    protected virtual ValueTask<byte[]> ToStoredAsync(T value, byte[] json, CancellationToken cancellation) => new(json);

    private async ValueTask<T> ReadAsync(CachedObject stored, CancellationToken cancellation) =>
        (T)(View is null ? stored : await ShowAsync(stored, cancellation).ConfigureAwait(false)).Value;

    private CachedObject Finished(ObjectKey key, T value, byte[] json, Revision revision) =>
        CachedObject.FromStored(Kind, key, revision, json, value.WithMetadata(value.Metadata with { ResourceVersion = revision.ToString() }));

    /// <summary>True when something outside metadata and status differs.</summary>
    private bool SpecDiffers(T value, T old)
    {
        if (Strategy.ChangesGeneration(value, old))
            return true;
        var left = new Utf8JsonReader(ApiJson.Serialize(value.WithMetadata(ObjectMeta.Empty)));
        var right = new Utf8JsonReader(ApiJson.Serialize(old.WithMetadata(ObjectMeta.Empty)));
        while (true)
        {
            var more = NextOfSpec(ref left);
            if (more != NextOfSpec(ref right))
                return true;
            if (!more)
                return false;
            if (left.TokenType != right.TokenType || !left.ValueSpan.SequenceEqual(right.ValueSpan))
                return true;
        }

        static bool NextOfSpec(ref Utf8JsonReader reader)
        {
            while (reader.Read())
            {
                if (reader is not { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName } || !(reader.ValueTextEquals("metadata") || reader.ValueTextEquals("status")))
                    return true;
                reader.Read();
                reader.Skip();
            }

            return false;
        }
    }

    private void ThrowIfInvalid(T value, FieldErrors errors)
    {
        if (!errors.IsEmpty)
            throw ApiStatusException.Invalid(Kind, value.Metadata.Name, errors);
    }
}
