using System.Globalization;
using Berth.Api;
using Berth.Api.Autoscaling.V2;

namespace Berth.Controllers.Autoscaling;

/// <summary>How far usage may be from its target, as parts of the target, without a change of size.</summary>
public readonly record struct Tolerances(double Down, double Up)
{
    // Of kube-controller-manager.
    private const double Default = 0.1;

    public static Tolerances Of(HorizontalPodAutoscalerBehavior? behavior) =>
        new(Number(behavior?.ScaleDown?.Tolerance), Number(behavior?.ScaleUp?.Tolerance));

    public bool Contain(double ratio) => 1 - Down <= ratio && ratio <= 1 + Up;

    // A canonical quantity below 1 is a whole number with one of three suffixes.
    private static double Number(Quantity? quantity)
    {
        if (quantity is not { } given)
            return Default;
        var text = given.ToString();
        var scale = text[^1] switch { 'n' => 1e-9, 'u' => 1e-6, 'm' => 1e-3, _ => 0 };
        return scale == 0 ? given.MilliValue / 1e3 : double.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture) * scale;
    }
}
