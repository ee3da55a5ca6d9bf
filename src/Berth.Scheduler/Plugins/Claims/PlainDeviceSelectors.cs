using System.Text.RegularExpressions;
using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>
/// Evaluates those expressions over devices that are comparisons joined by <c>&amp;&amp;</c>: of the driver's name, of a text, number or
/// truth that is an attribute, and of a capacity with a quantity. Everything else is refused in words.
/// </summary>
/// <remarks>Like in CEL, an attribute or a capacity that the device has not is an error, not a no, once the comparisons before it hold.</remarks>
public sealed partial class PlainDeviceSelectors : IDeviceSelectors
{
    public bool Matches(string expression, string driver, Device device)
    {
        foreach (var term in expression.Split("&&"))
        {
            if (!Holds(term.Trim(), driver, device))
                return false;
        }

        return true;
    }

    private static bool Holds(string term, string driver, Device device)
    {
        if (Driver().Match(term) is { Success: true } name)
            return name.Groups["value"].Value == driver;
        if (Attribute().Match(term) is { Success: true } attribute)
        {
            var (key, value) = (attribute.Groups["name"].Value, attribute.Groups["value"].Value);
            if (!Find(device.Attributes, attribute.Groups["domain"].Value, key, driver, out var has))
                throw new DeviceSelectorException($"selector {term}: CEL runtime error: no such key: {key}");
            return (value[0] == '"' && has.String == value[1..^1]) || has.Int?.ToString(System.Globalization.CultureInfo.InvariantCulture) == value
                || (has.Bool == true && value == "true") || (has.Bool == false && value == "false");
        }

        if (Capacity().Match(term) is { Success: true } capacity && Quantity.TryParse(capacity.Groups["value"].Value, out var least))
        {
            var key = capacity.Groups["name"].Value;
            if (!Find(device.Capacity, capacity.Groups["domain"].Value, key, driver, out var has))
                throw new DeviceSelectorException($"selector {term}: CEL runtime error: no such key: {key}");
            return has.Value >= least;
        }

        throw new DeviceSelectorException($"selector {term}: this scheduler evaluates comparisons of device.driver, device.attributes and device.capacity alone");
    }

    // What a driver gives without a domain is in its own.
    private static bool Find<T>(ApiMap<T> values, string domain, string name, string driver, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
        where T : class =>
        values.TryGetValue($"{domain}/{name}", out value) || (domain == driver && values.TryGetValue(name, out value));

    [GeneratedRegex("""^device\.driver\s*==\s*"(?<value>[^"]*)"$""")]
    private static partial Regex Driver();

    [GeneratedRegex("""^device\.attributes\["(?<domain>[^"]+)"\]\.(?<name>\w+)\s*==\s*(?<value>"[^"]*"|-?\d+|true|false)$""")]
    private static partial Regex Attribute();

    [GeneratedRegex("""^device\.capacity\["(?<domain>[^"]+)"\]\.(?<name>\w+)\.compareTo\(quantity\("(?<value>[^"]+)"\)\)\s*>=\s*0$""")]
    private static partial Regex Capacity();
}
