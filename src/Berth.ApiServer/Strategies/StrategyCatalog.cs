using System.Collections.Frozen;
using Berth.Api;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies;

/// <summary>The rules of each built-in kind. A kind without a row follows the base <see cref="ResourceStrategy{T}"/>.</summary>
public static class StrategyCatalog
{
    private static readonly FrozenDictionary<Type, object> s_strategies = new Dictionary<Type, object>
    {
    }.ToFrozenDictionary();

    public static ResourceStrategy<T> For<T>()
        where T : class, IApiObject<T> => Held<T>.Strategy;

    // One static field per kind, so that a request pays no look-up.
    private static class Held<T>
        where T : class, IApiObject<T>
    {
        public static readonly ResourceStrategy<T> Strategy =
            s_strategies.TryGetValue(typeof(T), out var found) ? (ResourceStrategy<T>)found : new ResourceStrategy<T>();
    }
}
