using Berth.Api.Resource.V1;
using Berth.Cel.Kubernetes;
using Berth.Cel.Values;

namespace Berth.Cel.Devices;

/// <summary>A device as selectors see it. Made once for a device, used for any number of selectors. Immutable.</summary>
public sealed class SelectableDevice
{
    /// <param name="attributes">By name: <c>model</c> is the driver's own, <c>example.com/model</c> somebody else's.</param>
    public SelectableDevice(
        string driver,
        bool allowMultipleAllocations,
        IEnumerable<KeyValuePair<string, DeviceAttribute>> attributes,
        IEnumerable<KeyValuePair<string, DeviceCapacity>> capacity)
    {
        Value = new RecordValue(DeviceSelectorExpression.DeviceType, new Dictionary<string, CelValue>(StringComparer.Ordinal)
        {
            ["driver"] = driver,
            ["allowMultipleAllocations"] = allowMultipleAllocations,
            ["attributes"] = ByDomain(driver, attributes.Select(a => KeyValuePair.Create(a.Key, Attribute(a.Key, a.Value)))),
            ["capacity"] = ByDomain(driver, capacity.Select(c => KeyValuePair.Create(c.Key, (CelValue)new CelQuantity(c.Value.Value)))),
        });
    }

    internal CelValue Value { get; }

    private static DomainMap ByDomain(string driver, IEnumerable<KeyValuePair<string, CelValue>> named)
    {
        var domains = new Dictionary<string, Dictionary<string, CelValue>>(StringComparer.Ordinal);
        foreach (var (name, value) in named)
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            var (domain, id) = slash < 0 ? (driver, name) : (name[..slash], name[(slash + 1)..]);
            if (!domains.TryGetValue(domain, out var members))
                domains[domain] = members = new Dictionary<string, CelValue>(StringComparer.Ordinal);
            members[id] = value;
        }

        return new DomainMap(domains.ToDictionary(d => d.Key, d => CelMap.Of(d.Value), StringComparer.Ordinal));
    }

    // A version that is none makes every look at the attribute fail, not the making of the device.
    private static CelValue Attribute(string name, DeviceAttribute attribute) => attribute switch
    {
        { Int: { } i } => i,
        { Bool: { } b } => b,
        { String: { } s } => s,
        { Version: { } v } => Version(name, v),
        { Ints.IsEmpty: false } => CelList.Of([.. attribute.Ints.Select(i => new CelInt(i))]),
        { Bools.IsEmpty: false } => CelList.Of([.. attribute.Bools.Select(CelBool.Of)]),
        { Strings.IsEmpty: false } => CelList.Of([.. attribute.Strings.Select(s => new CelString(s))]),
        { Versions.IsEmpty: false } => CelList.Of([.. attribute.Versions.Select(v => Version(name, v))]),
        _ => new CelError($"attribute {name}: unsupported attribute value"),
    };

    private static CelValue Version(string name, string text) =>
        CelSemver.TryParse(text) ?? (CelValue)new CelError($"attribute {name}: parse semantic version: {CelString.Quote(text)}");

    // A domain that nobody uses is an empty map rather than a mistake.
    private sealed class DomainMap(Dictionary<string, CelMap> domains) : CelMap
    {
        private static readonly CelMap s_none = CelMap.Of(Array.Empty<KeyValuePair<string, CelValue>>());

        public override int Count => domains.Count;

        public override IEnumerable<CelValue> Keys => domains.Keys.Select(k => (CelValue)k);

        public override CelValue? Find(CelValue key) => key is CelString name ? domains.GetValueOrDefault(name.Value) ?? s_none : s_none;
    }
}
