using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.Probes;

/// <summary>A probe's port: a number, or the name of one of the container's ports.</summary>
public static class PortResolver
{
    /// <exception cref="FormatException">There is no such port.</exception>
    public static int Resolve(IntOrString port, Container container)
    {
        if (!port.IsString) return InRange(port.Int);
        if (container.Ports.FirstOrDefault(p => p.Name == port.String) is { } named) return named.ContainerPortValue;
        return int.TryParse(port.String, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? InRange(number)
            : throw new FormatException($"couldn't find port: {port.String} in container {container.Name}");
    }

    private static int InRange(int port) => port is > 0 and < 65536 ? port : throw new FormatException($"invalid port number: {port}");
}
