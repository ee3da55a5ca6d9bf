namespace Berth.Api.Tests;

public class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("1000m", "1")]
    [InlineData("1500m", "1500m")]
    [InlineData("0.5", "500m")]
    [InlineData(".5", "500m")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("512Ki", "512Ki")]
    [InlineData("1Ki", "1Ki")]
    [InlineData("0.5Ki", "512")]
    [InlineData("1000k", "1M")]
    [InlineData("1e3", "1e3")]
    [InlineData("12E6", "12e6")]
    [InlineData("1E", "1E")]
    [InlineData("100000000000000000000E", "9223372036854775807")]
    [InlineData("-1500m", "-1500m")]
    [InlineData("0.0000000001", "1n")]
    [InlineData("+2Gi", "2Gi")]
    public void Parse_Text_PrintsCanonicalForm(string text, string canonical) =>
        Assert.Equal(canonical, Quantity.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Gi")]
    [InlineData("1 Gi")]
    [InlineData("1GiB")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("1e999999999")]
    [InlineData("0x10")]
    public void Parse_NotAQuantity_IsRefused(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Fact]
    public void Values_Fractions_RoundUp()
    {
        Assert.Equal(1, Quantity.Parse("1m").Value);
        Assert.Equal(1, Quantity.Parse("1n").MilliValue);
        Assert.Equal(2500, Quantity.Parse("2.5").MilliValue);
        Assert.Equal(-1, Quantity.Parse("-1.5").Value);
    }

    [Fact]
    public void Equality_SameAmountInOtherSuffixes_IsEqual()
    {
        Assert.Equal(Quantity.Parse("1024Mi"), Quantity.Parse("1Gi"));
        Assert.True(Quantity.Parse("1G") < Quantity.Parse("1Gi"));
        Assert.Equal("1536Mi", (Quantity.Parse("1Gi") + Quantity.Parse("512Mi")).ToString());
    }
}
