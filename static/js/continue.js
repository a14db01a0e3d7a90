// Sends the one form of the page that leads to the identity provider; without it a person presses the button.
document.querySelector("form[data-continue]")?.submit();
