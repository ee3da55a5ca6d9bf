using Berth.Api;
using Berth.ApiServer.Apply;

namespace Berth.ApiServer.Registry;

/// <summary>Keeps <c>metadata.managedFields</c> true to who wrote what.</summary>
internal static class FieldOwnership
{
    /// <summary>The object with its managers, before admission sees it.</summary>
    /// <param name="old">Null on create.</param>
    public static T OnWrite<T>(T? old, T value, string subresource, WriteContext context, DateTimeOffset now)
        where T : class, IApiObject<T>
    {
        var managed = FieldManager.ManagedFieldsUpdate(
            old, value, context.FieldManager, value.KindInfo.ApiVersion, subresource.Length == 0 ? null : subresource, now);
        return value.WithMetadata(value.Metadata with { ManagedFields = managed });
    }

    /// <summary>The object with its managers' times as they were when nothing else changed.</summary>
    public static T Settle<T>(T old, T value)
        where T : class, IApiObject<T> =>
        value.WithMetadata(value.Metadata with { ManagedFields = FieldManager.WithoutIdleTimes(old, value) });
}
